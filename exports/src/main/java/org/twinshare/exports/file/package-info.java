/** Reading exports files: bytes to words, words to entries, and everything that is wrong with them as diagnostics. */
package org.twinshare.exports.file;
