/**
 * What is known of host names and netgroups. Looking up is slow and may hang, so that nothing on the path of a
 * request does it: decisions read what is known already ({@link org.twinshare.exports.names.KnownNames}), and {@link
 * org.twinshare.exports.names.NameResolver} finds out the rest in the background.
 */
package org.twinshare.exports.names;
