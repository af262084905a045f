package dev.heddle.net;

import heddle.dnsjava.DClass;
import heddle.dnsjava.DNAMERecord;
import heddle.dnsjava.Flags;
import heddle.dnsjava.Message;
import heddle.dnsjava.Name;
import heddle.dnsjava.Rcode;
import heddle.dnsjava.Record;
import heddle.dnsjava.SOARecord;
import heddle.dnsjava.Section;
import heddle.dnsjava.Type;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A DNS server that knows some records, and does with its answers what it is told. */
final class NameServer implements AutoCloseable {

    static final int PORT = 53;

    private static final int NEGATIVE_TTL = 300;

    /** A question as it came. */
    record Question(Message message, boolean tcp, int port) {

        @Override
        public String toString() {
            Record asked = message.getQuestion();
            return (tcp ? "tcp " : "udp ") + Type.string(asked.getType()) + " " + asked.getName();
        }
    }

    /** What is sent, in this order, when a question comes. */
    interface Behaviour {
        List<byte[]> answers(Question question, Message answer) throws IOException;
    }

    static final Behaviour HONEST = (question, answer) -> List.of(answer.toWire());
    static final Behaviour SILENT = (question, answer) -> List.of();

    private final DatagramSocket datagrams;
    private final ServerSocket connections;
    private final List<Record> records = new CopyOnWriteArrayList<>();
    private final List<Question> questions = new CopyOnWriteArrayList<>();
    private volatile Behaviour behaviour = HONEST;

    /** What is done with a connection over which a question has come; null to answer it. */
    private volatile @Nullable StreamBehaviour streamBehaviour;

    interface StreamBehaviour {
        void answer(Socket connection, byte[] answer) throws Exception;
    }

    NameServer(NetworkStack stack, String address) throws IOException {
        InetAddress here = InetAddress.getByName(address);
        datagrams = stack.datagramSocketFactory().createDatagramSocket(PORT, here);
        connections = stack.serverSocketFactory().createServerSocket(PORT, 50, here);
        Thread.startVirtualThread(this::serveDatagrams);
        Thread.startVirtualThread(this::acceptConnections);
    }

    /** Adds records, written as in a zone file: name, time to live, type and data. */
    NameServer knows(String... lines) throws IOException {
        for (String line : lines) {
            String[] words = line.split(" ", 4);
            records.add(Record.fromString(
                    Name.fromString(words[0], Name.root),
                    Type.value(words[2]),
                    DClass.IN,
                    Long.parseLong(words[1]),
                    words[3],
                    Name.root));
        }
        return this;
    }

    void behaves(Behaviour how) {
        behaviour = how;
    }

    void behavesOnStreams(StreamBehaviour how) {
        streamBehaviour = how;
    }

    /** The questions so far. */
    List<String> asked() {
        return questions.stream().map(Question::toString).toList();
    }

    List<Question> questions() {
        return questions;
    }

    private void serveDatagrams() {
        byte[] buffer = new byte[65_535];
        while (!datagrams.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                datagrams.receive(packet);
                Message query = new Message(Arrays.copyOf(buffer, packet.getLength()));
                Question question = new Question(query, false, packet.getPort());
                questions.add(question);
                for (byte[] answer : behaviour.answers(question, answer(query, false))) {
                    datagrams.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            } catch (IOException e) {
                // Closed, or somebody who asked has gone.
            }
        }
    }

    private void acceptConnections() {
        while (!connections.isClosed()) {
            try {
                Socket connection = connections.accept();
                Thread.startVirtualThread(() -> serve(connection));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            DataInputStream input = new DataInputStream(connection.getInputStream());
            Message query = new Message(input.readNBytes(input.readUnsignedShort()));
            Question question = new Question(query, true, connection.getPort());
            questions.add(question);
            StreamBehaviour how = streamBehaviour;
            Message answer = answer(query, true);
            if (how != null) {
                how.answer(connection, prefixed(answer.toWire()));
                return;
            }
            for (byte[] message : behaviour.answers(question, answer)) {
                connection.getOutputStream().write(prefixed(message));
            }
            // Until the client has it.
            assert input.read() < 0;
        } catch (Exception e) {
            // The client has gone.
        }
    }

    private static byte[] prefixed(byte[] message) {
        return ByteBuffer.allocate(2 + message.length)
                .putShort((short) message.length)
                .put(message)
                .array();
    }

    private Message answer(Message query, boolean tcp) throws IOException {
        Record asked = query.getQuestion();
        Message answer = new Message(query.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.RA);
        answer.addRecord(asked, Section.QUESTION);
        List<Record> ofName = new ArrayList<>();
        for (Record record : records) {
            if (record.getName().equals(asked.getName()) && !(record instanceof DNAMERecord)) {
                ofName.add(record);
            }
        }
        for (Record record : ofName) {
            if (record.getType() == asked.getType() || record.getType() == Type.CNAME) {
                answer.addRecord(record, Section.ANSWER);
            }
        }
        if (answer.getSection(Section.ANSWER).isEmpty()) {
            answer.getHeader().setRcode(ofName.isEmpty() ? Rcode.NXDOMAIN : Rcode.NOERROR);
            Name zone = Name.fromString("example.org.");
            if (asked.getName().subdomain(zone)) {
                answer.addRecord(
                        new SOARecord(zone, DClass.IN, NEGATIVE_TTL, zone, zone, 1, 1, 1, 1, NEGATIVE_TTL),
                        Section.AUTHORITY);
            }
        }
        int most = query.getOPT() == null ? 512 : query.getOPT().getPayloadSize();
        if (!tcp && answer.toWire().length > most) {
            answer.removeAllRecords(Section.ANSWER);
            answer.getHeader().setFlag(Flags.TC);
        }
        return answer;
    }

    @Override
    public void close() throws IOException {
        datagrams.close();
        connections.close();
    }
}
