/** Mounting the share and leaving it: the options, the guarded mount point, systemd units and fstab. */
package org.twinshare.client.mount;
