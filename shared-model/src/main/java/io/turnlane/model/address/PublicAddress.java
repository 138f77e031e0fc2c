package io.turnlane.model.address;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Distinguishes public Internet addresses from special-purpose addresses, according to the IANA registries (RFC 6890
 * and its updates). Clients choose the callback URLs to which processors send webhooks. Unless the operator allows
 * other addresses, callbacks must have public addresses. Otherwise a client could make a processor call hosts in the
 * operator's network.
 */
public final class PublicAddress {

    private static final List<Block> SPECIAL = List.of(
            Block.of("0.0.0.0", 8), // this network
            Block.of("10.0.0.0", 8), // private
            Block.of("100.64.0.0", 10), // carrier-grade NAT
            Block.of("127.0.0.0", 8), // loopback
            Block.of("169.254.0.0", 16), // link-local, includes the metadata services of cloud providers
            Block.of("172.16.0.0", 12), // private
            Block.of("192.0.0.0", 24), // protocol assignments
            Block.of("192.0.2.0", 24), // documentation
            Block.of("192.88.99.0", 24), // 6to4 relays
            Block.of("192.168.0.0", 16), // private
            Block.of("198.18.0.0", 15), // benchmarks
            Block.of("198.51.100.0", 24), // documentation
            Block.of("203.0.113.0", 24), // documentation
            Block.of("224.0.0.0", 4), // multicast
            Block.of("240.0.0.0", 4), // reserved and broadcast
            Block.of("64:ff9b:1::", 48), // local translation
            Block.of("2001::", 23), // protocol assignments, includes Teredo
            Block.of("2001:db8::", 32), // documentation
            Block.of("3fff::", 20)); // documentation

    /** The only IPv6 range that is allocated to the public Internet. */
    private static final Block GLOBAL = Block.of("2000::", 3);

    /**
     * IPv6 ranges whose addresses contain the IPv4 address of the destination: NAT64 from byte 12, 6to4 from byte 2.
     */
    private static final Block NAT64 = Block.of("64:ff9b::", 96);

    private static final Block SIX_TO_FOUR = Block.of("2002::", 16);

    private PublicAddress() {}

    private record Block(byte[] network, int bits) {

        static Block of(String network, int bits) {
            return new Block(InetAddress.ofLiteral(network).getAddress(), bits);
        }

        boolean contains(byte[] address) {
            if (address.length != network.length) {
                return false;
            }
            int whole = bits / 8;
            int rest = bits % 8;
            int mask = 0xff << (8 - rest);
            return Arrays.equals(address, 0, whole, network, 0, whole)
                    && (rest == 0 || (address[whole] & mask) == (network[whole] & mask));
        }
    }

    /** Returns true if the address belongs to the public Internet. */
    public static boolean isPublic(InetAddress address) {
        byte[] bytes = address.getAddress();
        return switch (address) {
            case Inet4Address _ -> SPECIAL.stream().noneMatch(block -> block.contains(bytes));
            case Inet6Address _ when NAT64.contains(bytes) -> isPublic(embedded(bytes, 12));
            case Inet6Address _ when SIX_TO_FOUR.contains(bytes) -> isPublic(embedded(bytes, 2));
            case Inet6Address _ -> GLOBAL.contains(bytes) && SPECIAL.stream().noneMatch(block -> block.contains(bytes));
            default -> false;
        };
    }

    private static InetAddress embedded(byte[] address, int from) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(address, from, from + 4));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an IPv4 address has four bytes", e);
        }
    }
}
