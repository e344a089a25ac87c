package org.twinshare.filestore.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.identity.ObjectIndex;

/** Two names with the same hash, which the world will not see: every name of the tests has the hash of the empty one. */
class CookiesTest {
    private static final long DIRECTORY = 7;
    private static final Name FIRST = Name.of("first");
    private static final Name SECOND = Name.of("second");
    private static final Name THIRD = Name.of("third");

    @TempDir
    Path state = Path.of("");

    private ObjectIndex index;
    private Cookies cookies;

    @SuppressWarnings("NullAway.Init") // before each test
    CookiesTest() {}

    @BeforeEach
    void open() throws Exception {
        index = ObjectIndex.open(state);
        cookies = new Cookies(constantHash(), index);
    }

    @AfterEach
    void close() {
        index.close();
    }

    /** SipHash of nothing but its key: it has no names in it. */
    private static HashFunction constantHash() {
        HashFunction real = Hashing.sipHash24(1, 2);
        return (HashFunction) Proxy.newProxyInstance(
                CookiesTest.class.getClassLoader(),
                new Class<?>[] {HashFunction.class},
                (proxy, method, arguments) -> real.hashBytes(new byte[0]));
    }

    private Listing read(Name... names) {
        Listing.Builder builder = new Listing.Builder();
        for (Name name : names) {
            builder.add(name.bytes(), 0, name.length());
        }
        return builder.build(DIRECTORY, cookies, 0, 0, true);
    }

    private static long cookieOf(Listing listing, Name name) {
        return listing.after(2, 100).stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow()
                .cookie();
    }

    private static List<Name> names(Listing listing) {
        return listing.after(2, 100).stream().map(Listing.Entry::name).toList();
    }

    @Test
    void eachNameGetsACookieOfItsOwnInWhateverOrderTheKernelHandsThemOut() {
        Listing before = read(FIRST, SECOND, THIRD);
        assertThat(names(before)).containsExactlyInAnyOrder(FIRST, SECOND, THIRD);
        Listing after = read(THIRD, SECOND, FIRST);
        for (Name name : List.of(FIRST, SECOND, THIRD)) {
            assertThat(cookieOf(after, name)).isEqualTo(cookieOf(before, name));
        }
    }

    @Test
    void theNameThatCameFirstKeepsItsCookieWhenAnotherIsMade() {
        Listing listing = read(FIRST);
        long first = cookieOf(listing, FIRST);

        long second = cookies.cookie(DIRECTORY, SECOND, listing);
        listing.put(new Listing.Entry(second, 12, SECOND));

        assertThat(cookieOf(listing, FIRST)).isEqualTo(first);
        assertThat(second).isNotEqualTo(first);
        Listing again = read(SECOND, FIRST);
        assertThat(cookieOf(again, FIRST)).isEqualTo(first);
        assertThat(cookieOf(again, SECOND)).isEqualTo(second);
    }

    @Test
    void aNameWhoseCookieWasTakenKeepsItsOwnWhenTheOtherGoes() throws Exception {
        Listing listing = read(FIRST);
        long second = cookies.cookie(DIRECTORY, SECOND, listing);
        listing.put(new Listing.Entry(second, 12, SECOND));
        listing.remove(cookieOf(listing, FIRST));

        assertThat(cookies.cookie(DIRECTORY, SECOND, listing)).isEqualTo(second);
        index.flush(index.version());
        assertThat(cookieOf(read(SECOND), SECOND)).isEqualTo(second);
    }

    @Test
    void aNameThatComesBackTakesNoCookieThatAnotherHasMeanwhile() {
        Listing listing = read(FIRST);
        long second = cookies.cookie(DIRECTORY, SECOND, listing);
        // Second was here once and is gone; third comes and finds its place free.
        long third = cookies.cookie(DIRECTORY, THIRD, listing);
        listing.put(new Listing.Entry(third, 13, THIRD));

        long again = cookies.cookie(DIRECTORY, SECOND, listing);
        listing.put(new Listing.Entry(again, 12, SECOND));

        assertThat(names(listing)).containsExactlyInAnyOrder(FIRST, SECOND, THIRD);
        assertThat(cookieOf(listing, THIRD)).isEqualTo(third);
        assertThat(second).isPositive();
        assertThat(names(read(FIRST, SECOND, THIRD))).hasSize(3);
    }

    /** A look at a name that took long must not put back whose name it was before a rename. */
    @Test
    void anEntryThatWasReplacedMeanwhileKeepsItsNewObject() {
        Listing listing = read(FIRST);
        Listing.Entry asSeen = listing.after(2, 1).get(0);
        listing.put(new Listing.Entry(asSeen.cookie(), 99, FIRST));

        listing.identified(asSeen, 55);

        assertThat(listing.after(2, 1).get(0).id()).isEqualTo(99);
    }
}
