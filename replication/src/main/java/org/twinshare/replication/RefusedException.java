package org.twinshare.replication;

/** Carries a {@link Refusal} out of the depth where it was found. Nothing was changed. */
public final class RefusedException extends Exception {
    private final transient Refusal refusal;

    public RefusedException(Refusal refusal) {
        super(refusal.toString());
        this.refusal = refusal;
    }

    public RefusedException(String what, String cause, String remedy) {
        this(new Refusal(what, cause, remedy));
    }

    public Refusal refusal() {
        return refusal;
    }
}
