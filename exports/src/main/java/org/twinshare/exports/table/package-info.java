/**
 * The table of exports and every decision about a client: which entry counts for it, and why. Start at
 * {@link org.twinshare.exports.table.CurrentExports}.
 */
package org.twinshare.exports.table;
