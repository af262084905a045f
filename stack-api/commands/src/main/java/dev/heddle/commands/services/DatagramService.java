package dev.heddle.commands.services;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.Set;

/**
 * A service over UDP at one address, so that it hears no broadcasts. Anybody can forge the sender of a datagram: it answers
 * nobody who might answer in his turn, and never with more than has come.
 */
final class DatagramService implements Runnable {

    /** Below are the well-known ports, those of all services that answer whatever comes among them. */
    private static final int FIRST_PORT_OF_CLIENTS = 1_024;

    /** SSDP, NFS, SIP, mDNS and memcached. */
    private static final Set<Integer> OTHER_SERVICES = Set.of(1_900, 2_049, 5_060, 5_353, 11_211);

    private static final int LONGEST_BYTES = 65_535;

    private final Service service;
    private final DatagramSocket socket;

    DatagramService(Service service, DatagramSocket socket) {
        this.service = service;
        this.socket = socket;
    }

    /** Whether a datagram from this port may be answered. */
    static boolean isClient(int port) {
        return port >= FIRST_PORT_OF_CLIENTS && !OTHER_SERVICES.contains(port);
    }

    /** Answers until the socket is closed, or its stack. */
    @Override
    public void run() {
        DatagramPacket packet = new DatagramPacket(new byte[LONGEST_BYTES], LONGEST_BYTES);
        try {
            while (true) {
                packet.setLength(LONGEST_BYTES);
                socket.receive(packet);
                byte[] answer = service.answer(Arrays.copyOf(packet.getData(), packet.getLength()));
                if (answer != null && isClient(packet.getPort())) {
                    send(answer, packet.getSocketAddress());
                }
            }
        } catch (IOException e) {
            // It is over.
        }
    }

    private void send(byte[] answer, SocketAddress client) {
        try {
            socket.send(new DatagramPacket(answer, answer.length, client));
        } catch (IOException e) {
            // Lost, as datagrams may be: there is no way back, or no room.
        }
    }
}
