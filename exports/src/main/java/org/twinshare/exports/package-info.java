/** Who may mount what, and as whom: the exports(5) file, client matching and squashing. */
package org.twinshare.exports;
