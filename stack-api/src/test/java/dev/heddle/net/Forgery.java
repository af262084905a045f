package dev.heddle.net;

import heddle.dnsjava.DClass;
import heddle.dnsjava.Flags;
import heddle.dnsjava.Message;
import heddle.dnsjava.Name;
import heddle.dnsjava.Opcode;
import heddle.dnsjava.Record;
import heddle.dnsjava.Section;
import heddle.dnsjava.Type;
import java.util.Arrays;
import java.util.Random;

/** What is no answer to a DNS question, although it looks like one. */
enum Forgery {
    WRONG_IDENTIFIER {
        @Override
        byte[] forge(Message answer) {
            answer.getHeader().setID(answer.getHeader().getID() ^ 1);
            return answer.toWire();
        }
    },
    WRONG_NAME {
        @Override
        byte[] forge(Message answer) throws Exception {
            Record asked = answer.getQuestion();
            answer.removeAllRecords(Section.QUESTION);
            answer.addRecord(
                    Record.newRecord(Name.fromString("wwx.example.org."), asked.getType(), asked.getDClass()),
                    Section.QUESTION);
            return answer.toWire();
        }
    },
    WRONG_TYPE {
        @Override
        byte[] forge(Message answer) throws Exception {
            Record asked = answer.getQuestion();
            answer.removeAllRecords(Section.QUESTION);
            answer.addRecord(Record.newRecord(asked.getName(), Type.AAAA, asked.getDClass()), Section.QUESTION);
            return answer.toWire();
        }
    },
    NO_QUESTION {
        @Override
        byte[] forge(Message answer) {
            answer.removeAllRecords(Section.QUESTION);
            return answer.toWire();
        }
    },
    A_QUESTION_ITSELF {
        @Override
        byte[] forge(Message answer) {
            answer.getHeader().unsetFlag(Flags.QR);
            return answer.toWire();
        }
    },
    AN_ANSWER_OF_ANOTHER_KIND {
        @Override
        byte[] forge(Message answer) {
            answer.getHeader().setOpcode(Opcode.NOTIFY);
            return answer.toWire();
        }
    },
    CUT_OFF {
        @Override
        byte[] forge(Message answer) {
            byte[] bytes = answer.toWire();
            return Arrays.copyOf(bytes, bytes.length - 1);
        }
    },
    LESS_THAN_A_HEADER {
        @Override
        byte[] forge(Message answer) {
            return Arrays.copyOf(answer.toWire(), 11);
        }
    },
    EMPTY {
        @Override
        byte[] forge(Message answer) {
            return new byte[0];
        }
    },
    GARBAGE_BEHIND_A_GOOD_HEADER {
        @Override
        byte[] forge(Message answer) {
            byte[] bytes = answer.toWire();
            byte[] garbage = new byte[bytes.length - 12];
            new Random(bytes.length).nextBytes(garbage);
            System.arraycopy(garbage, 0, bytes, 12, garbage.length);
            return bytes;
        }
    },
    LONGER_THAN_WAS_ASKED_FOR {
        @Override
        byte[] forge(Message answer) {
            return Arrays.copyOf(answer.toWire(), 1_233);
        }
    },
    A_NAME_THAT_POINTS_TO_ITSELF {
        @Override
        byte[] forge(Message answer) {
            byte[] bytes = answer.toWire();
            bytes[12] = (byte) 0xc0;
            bytes[13] = 12;
            return bytes;
        }
    };

    abstract byte[] forge(Message answer) throws Exception;

    /** A wrong answer made of a right one, with an address that would be seen. */
    byte[] of(Message right) {
        try {
            Message answer = right.clone();
            answer.removeAllRecords(Section.ANSWER);
            answer.addRecord(
                    Record.fromString(right.getQuestion().getName(), Type.A, DClass.IN, 60, "203.0.113.66", Name.root),
                    Section.ANSWER);
            return forge(answer);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
