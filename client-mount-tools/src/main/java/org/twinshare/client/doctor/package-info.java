/** What can be wrong between a web node and its share, looked at one by one; each look is a {@code Finding}. */
package org.twinshare.client.doctor;
