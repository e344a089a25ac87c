/**
 * Who may mount what, and as whom: the exports(5) file, client matching and squashing. This package holds what all
 * others show and compare: {@link org.twinshare.exports.BytePath}, {@link org.twinshare.exports.Problem}, {@link
 * org.twinshare.exports.Diagnostic}. Upwards: {@code client} and {@code options} (the words of one entry), {@code
 * file} (reading them), {@code names} (host names and netgroups), {@code table} (the decisions).
 */
package org.twinshare.exports;
