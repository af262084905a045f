package dev.heddle.commands.ss;

import java.util.Map;

/** An endpoint of a running stack, in the words of {@code ss}. */
record Endpoint(Fields fields) {

    private static final Map<String, String> STATES = Map.ofEntries(
            Map.entry("LISTEN", "LISTEN"),
            Map.entry("SYN_SENT", "SYN-SENT"),
            Map.entry("SYN_RECEIVED", "SYN-RECV"),
            Map.entry("ESTABLISHED", "ESTAB"),
            Map.entry("FIN_WAIT_1", "FIN-WAIT-1"),
            Map.entry("FIN_WAIT_2", "FIN-WAIT-2"),
            Map.entry("CLOSE_WAIT", "CLOSE-WAIT"),
            Map.entry("CLOSING", "CLOSING"),
            Map.entry("LAST_ACK", "LAST-ACK"),
            Map.entry("TIME_WAIT", "TIME-WAIT"),
            Map.entry("CLOSED", "CLOSED"));

    boolean isTcp() {
        return fields.subject().equals("tcp");
    }

    String state() {
        if (!isTcp()) {
            return fields.has("remote") ? "ESTAB" : "UNCONN";
        }
        return STATES.getOrDefault(fields.text("state"), fields.text("state"));
    }

    /** Whether it waits for peers: a listener, or a UDP endpoint that is not connected. */
    boolean isListening() {
        return state().equals("LISTEN") || state().equals("UNCONN");
    }

    /** Whether {@code ss} shows it without being asked for more: not what comes to be, and not what is over. */
    boolean isConnected() {
        return switch (state()) {
            case "LISTEN", "UNCONN", "SYN-RECV", "TIME-WAIT", "CLOSED" -> false;
            default -> true;
        };
    }

    boolean isIpv4() {
        return fields.text("local").indexOf(':') < 0;
    }

    /** Whether it is for both families. */
    boolean isDual() {
        return fields.text("local").equals("::") && isListening();
    }

    String local() {
        return name(fields.text("local"), fields.text("localPort"));
    }

    String peer() {
        if (fields.has("remote")) {
            return name(fields.text("remote"), fields.text("remotePort"));
        }
        return isIpv4() ? "0.0.0.0:*" : isDual() ? "*:*" : "[::]:*";
    }

    private String name(String address, String port) {
        if (address.indexOf(':') < 0) {
            return address + ":" + port;
        }
        return (isDual() ? "*" : "[" + address + "]") + ":" + port;
    }

    String receiveQueue() {
        return Long.toString(fields.number("receiveQueue"));
    }

    String sendQueue() {
        return Long.toString(fields.number("sendQueue"));
    }
}
