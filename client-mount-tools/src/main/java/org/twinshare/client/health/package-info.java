/** Whether this node can serve, for a load balancer that asks every second and for a person who asks once. */
package org.twinshare.client.health;
