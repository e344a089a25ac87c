package org.twinshare.replication.pair;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.function.Predicate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** TLS 1.3 with both certificates, over a socket that is connected. No authority is asked: a certificate is known or not. */
final class PairTls {
    private static final Duration HANDSHAKE_AT_MOST = Duration.ofSeconds(10);

    private PairTls() {}

    /**
     * Shakes hands.
     *
     * @param isClient this server has connected
     * @param known    whether the other server's certificate is one to talk to
     */
    static SSLSocket over(Socket socket, PairIdentity identity, boolean isClient, Predicate<X509Certificate> known)
            throws IOException {
        socket.setSoTimeout((int) HANDSHAKE_AT_MOST.toMillis());
        socket.setTcpNoDelay(true);
        var factory = context(identity, known).getSocketFactory();
        SSLSocket secure = (SSLSocket) factory.createSocket(socket, "peer", socket.getPort(), true);
        secure.setUseClientMode(isClient);
        secure.setEnabledProtocols(new String[] {"TLSv1.3"});
        if (!isClient) {
            secure.setNeedClientAuth(true);
        }
        secure.startHandshake();
        socket.setSoTimeout(0);
        return secure;
    }

    static X509Certificate peerCertificate(SSLSocket socket) throws IOException {
        return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }

    private static SSLContext context(PairIdentity identity, Predicate<X509Certificate> known) {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(identity.own(), KeyMaker.PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(keys.getKeyManagers(), new TrustManager[] {new Known(known)}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Trusts by the certificate itself. That the other side has its key is what the handshake proves. */
    private static final class Known extends X509ExtendedTrustManager {
        private final Predicate<X509Certificate> known;

        Known(Predicate<X509Certificate> known) {
            this.known = known;
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            if (chain.length == 0 || !known.test(chain[0])) {
                throw new CertificateException("the certificate is not that of the other server of this pair");
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
