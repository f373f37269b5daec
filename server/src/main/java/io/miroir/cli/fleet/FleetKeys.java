package io.miroir.cli.fleet;

/**
 * The secrets of a fleet.
 *
 * @param master what clients send to pods
 * @param node what pods send to nodes
 * @param admin what operators send to `/_miroir/`
 */
public record FleetKeys(String master, String node, String admin) {
    /** Never printed. */
    @Override
    public String toString() {
        return "FleetKeys[…]";
    }
}
