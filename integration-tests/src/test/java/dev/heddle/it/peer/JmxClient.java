package dev.heddle.it.peer;

import com.sun.tools.attach.VirtualMachine;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Looks into another JVM as jconsole does: by a service URL, or by a process number to attach to. Says what that JVM runs. */
public final class JmxClient {

    private JmxClient() {}

    /** Takes one of both. */
    @SuppressWarnings("BanJNDI") // the registry is that of the program under test
    public static void main(String[] arguments) throws Exception {
        String where = arguments[0];
        try (JMXConnector connector =
                JMXConnectorFactory.connect(new JMXServiceURL(where.startsWith("service:") ? where : attach(where)))) {
            System.out.println("threads "
                    + connector
                            .getMBeanServerConnection()
                            .getAttribute(new ObjectName("java.lang:type=Threading"), "ThreadCount"));
        }
    }

    private static String attach(String process) throws Exception {
        VirtualMachine machine = VirtualMachine.attach(process);
        try {
            return machine.startLocalManagementAgent();
        } finally {
            machine.detach();
        }
    }
}
