package org.twinshare.replication.address;

/** A process that holds an address until it is killed. */
final class AddressHolder {
    private AddressHolder() {}

    public static void main(String[] arguments) throws Exception {
        try (KernelAddress address = new KernelAddress(KernelAddress.Prefix.parse(arguments[0]), arguments[1])) {
            address.take(() -> System.exit(9));
            Thread.sleep(Long.MAX_VALUE);
        }
    }
}
