/** The settings file: one TOML file whose keys are the long names of the command line's options. */
package org.twinshare.fileserver.settings;
