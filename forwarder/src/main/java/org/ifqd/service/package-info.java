/**
 * Messages to the service manager (systemd): ready, rates, reloading, stopping, and a sign of life while frames can
 * flow.
 *
 * <p>{@link org.ifqd.service.Supervision} owns the one thread that tells it. Without a service manager there is none.
 */
package org.ifqd.service;
