package io.miroir.cli.fleet;

/**
 * The secrets of a fleet.
 *
 * @param master what clients send to pods
 * @param node what pods send to nodes
 * @param admin what operators send to `/_miroir/`
 * @param seal 32 bytes or more, which all pods share to seal what they hand to browsers
 */
public record FleetKeys(String master, String node, String admin, String seal) {
    /** Never printed. */
    @Override
    public String toString() {
        return "FleetKeys[…]";
    }
}
