/** The configuration: the user's requests, checked. */
package org.ifqd.config;
