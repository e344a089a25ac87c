/**
 * What an export allows and as whom: the options of exports(5) as values, and squashing a credential to an identity.
 */
package org.twinshare.exports.options;
