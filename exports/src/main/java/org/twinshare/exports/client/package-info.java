/** The client of an exports(5) entry: its six forms, how one is read, and which one ranks before which. */
package org.twinshare.exports.client;
