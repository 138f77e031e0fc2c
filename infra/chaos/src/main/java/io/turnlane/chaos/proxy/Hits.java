package io.turnlane.chaos.proxy;

/**
 * Effects of one kind of fault on a cable.
 *
 * @param connections number of affected connections; a connection counts again if it is affected after a later change
 *     of the cable
 * @param bytes number of bytes that were delayed or dropped
 * @param cuts number of connections that were reset
 */
public record Hits(long connections, long bytes, long cuts) {

    Hits plus(Hits more) {
        return new Hits(connections + more.connections, bytes + more.bytes, cuts + more.cuts);
    }
}
