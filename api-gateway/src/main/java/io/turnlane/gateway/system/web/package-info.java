/** Web server: Tomcat, servlet filters, JSON, static files and WebSockets. */
@NullMarked
package io.turnlane.gateway.system.web;

import org.jspecify.annotations.NullMarked;
