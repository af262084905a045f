package dev.heddle.jfr;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

@Name("dev.heddle.ConnectionOpened")
@Label("Connection Opened")
@Description("The handshake of a connection is complete")
final class ConnectionOpenedEvent extends ConnectionEvent {}
