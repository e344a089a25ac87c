package org.twinshare.replication;

/** Why something was not done, in words for an operator. Each is a sentence's part: lower case, no full stop. */
public record Refusal(String what, String cause, String remedy) {
    @Override
    public String toString() {
        return what + ": " + cause + "; " + remedy;
    }
}
