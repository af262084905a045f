package dev.heddle.core.icmp;

/** The message types that a host meets: RFC 792 for IPv4; RFC 4443, 2710, 3810 and 4861 for IPv6. */
final class IcmpTypes {

    static final int V4_ECHO_REPLY = 0;
    static final int V4_DESTINATION_UNREACHABLE = 3;
    static final int V4_SOURCE_QUENCH = 4;
    static final int V4_REDIRECT = 5;
    static final int V4_ECHO_REQUEST = 8;
    static final int V4_TIME_EXCEEDED = 11;
    static final int V4_PARAMETER_PROBLEM = 12;

    static final int V6_DESTINATION_UNREACHABLE = 1;
    static final int V6_PACKET_TOO_BIG = 2;
    static final int V6_TIME_EXCEEDED = 3;
    static final int V6_PARAMETER_PROBLEM = 4;
    static final int V6_ECHO_REQUEST = 128;
    static final int V6_ECHO_REPLY = 129;
    static final int V6_LISTENER_QUERY = 130;
    static final int V6_LISTENER_REPORT = 131;
    static final int V6_ROUTER_SOLICITATION = 133;
    static final int V6_ROUTER_ADVERTISEMENT = 134;
    static final int V6_NEIGHBOR_SOLICITATION = 135;
    static final int V6_NEIGHBOR_ADVERTISEMENT = 136;
    static final int V6_REDIRECT = 137;
    static final int V6_LISTENER_REPORT_2 = 143;

    private IcmpTypes() {}

    /** Whether a type is one of the queries and their answers, to which errors may be sent; unknown ones may be errors. */
    static boolean isQueryV4(int type) {
        return switch (type) {
            case V4_ECHO_REPLY, V4_ECHO_REQUEST, 9, 10, 13, 14, 15, 16, 17, 18 -> true;
            default -> false;
        };
    }

    /** RFC 4443 2.1. */
    static boolean isErrorV6(int type) {
        return type < V6_ECHO_REQUEST;
    }

    /** RFC 4443 2.1 and 2.4 (e.2): the redirect counts as an error here. */
    static boolean isInformationalV6(int type) {
        return !isErrorV6(type) && type != V6_REDIRECT;
    }
}
