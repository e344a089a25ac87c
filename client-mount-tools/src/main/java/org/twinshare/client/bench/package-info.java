/**
 * A load generator that speaks NFSv3 itself: workloads, the loops that drive them over many connections, and the report of
 * what a server did and what it cost.
 */
package org.twinshare.client.bench;
