/** The whole recipe: a site on two web nodes with a real Apache, over a pair of servers. */
package org.twinshare.fileserver.site;
