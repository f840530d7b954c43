/** What the user asked for, checked. */
package org.ifqd.config;
