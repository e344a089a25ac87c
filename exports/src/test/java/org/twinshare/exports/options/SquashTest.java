package org.twinshare.exports.options;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.ImmutableIntArray;
import org.junit.jupiter.api.Test;
import org.twinshare.exports.options.Credential.AuthNone;
import org.twinshare.exports.options.Credential.AuthSys;

/** Expected values: exports(5), "User ID Mapping", and what nfsd of Linux does with each id (fs/nfsd/auth.c). */
class SquashTest {

    private static final int NOBODY = 65534;
    private static final int NO_ID = (int) 4294967295L;

    private static final Squash ROOT = new Squash(true, false, NOBODY, NOBODY);
    private static final Squash NONE = new Squash(false, false, NOBODY, NOBODY);
    private static final Squash ALL = new Squash(true, true, 150, 100);

    @Test
    void mapsUidZeroAndGidZeroOfRootToTheAnonymousUser() {
        assertThat(ROOT.squash(sys(0, 0))).isEqualTo(identity(NOBODY, NOBODY));
    }

    @Test
    void mapsUidAndGidEachOnItsOwn() {
        assertThat(ROOT.squash(sys(0, 100))).isEqualTo(identity(NOBODY, 100));
        assertThat(ROOT.squash(sys(1000, 0))).isEqualTo(identity(1000, NOBODY));
    }

    @Test
    void mapsGroupZeroAmongTheSupplementaryGroupsAndLeavesTheOthers() {
        assertThat(ROOT.squash(sys(1000, 1000, 4, 0, 27, 0))).isEqualTo(identity(1000, 1000, 4, NOBODY, 27, NOBODY));
    }

    @Test
    void leavesEveryoneElseAloneHoweverPrivileged() {
        assertThat(ROOT.squash(sys(2, 50, 3, 50))).isEqualTo(identity(2, 50, 3, 50));
        assertThat(ROOT.squash(sys(33, 33))).isEqualTo(identity(33, 33));
    }

    @Test
    void leavesRootAloneWithoutRootSquash() {
        assertThat(NONE.squash(sys(0, 0, 0, 4))).isEqualTo(identity(0, 0, 0, 4));
    }

    @Test
    void mapsEveryoneAndDropsTheGroupsWithAllSquash() {
        assertThat(ALL.squash(sys(1000, 1000, 4, 27))).isEqualTo(identity(150, 100));
        assertThat(ALL.squash(sys(0, 0, 0))).isEqualTo(identity(150, 100));
    }

    @Test
    void mapsRootWithAllSquashEvenWhereRootIsNotSquashed() {
        assertThat(new Squash(false, true, 150, 100).squash(sys(0, 0))).isEqualTo(identity(150, 100));
    }

    @Test
    void makesAuthNoneTheAnonymousUserWhateverTheOptions() {
        assertThat(ROOT.squash(new AuthNone())).isEqualTo(identity(NOBODY, NOBODY));
        assertThat(NONE.squash(new AuthNone())).isEqualTo(identity(NOBODY, NOBODY));
        assertThat(ALL.squash(new AuthNone())).isEqualTo(identity(150, 100));
    }

    @Test
    void makesTheIdThatIsNobodysTheAnonymousOneEvenWithoutSquashing() {
        assertThat(NONE.squash(sys(NO_ID, NO_ID))).isEqualTo(identity(NOBODY, NOBODY));
        assertThat(NONE.squash(sys(7, NO_ID))).isEqualTo(identity(7, NOBODY));
        assertThat(ROOT.squash(sys(NO_ID, 7))).isEqualTo(identity(NOBODY, 7));
    }

    @Test
    void takesIdsAsUnsigned() {
        int large = (int) 4294967294L;

        assertThat(ROOT.squash(sys(large, large))).isEqualTo(identity(large, large));
        assertThat(new Squash(true, true, large, large).words()).isEqualTo("everyone becomes 4294967294:4294967294");
    }

    @Test
    void canMapRootToRootWhenTheAnonymousUserIsRoot() {
        assertThat(new Squash(true, false, 0, 0).squash(sys(0, 0)).isRoot()).isTrue();
        assertThat(ROOT.squash(sys(0, 0)).isRoot()).isFalse();
    }

    @Test
    void saysWhomItMaps() {
        assertThat(ROOT.words()).isEqualTo("root becomes 65534:65534, everyone else keeps uid and gid");
        assertThat(NONE.words()).isEqualTo("nobody is mapped: root on the client is root here");
        assertThat(ALL.words()).isEqualTo("everyone becomes 150:100");
    }

    private static AuthSys sys(int uid, int gid, int... groups) {
        return new AuthSys(uid, gid, ImmutableIntArray.copyOf(groups));
    }

    private static Identity identity(int uid, int gid, int... groups) {
        return new Identity(uid, gid, ImmutableIntArray.copyOf(groups));
    }
}
