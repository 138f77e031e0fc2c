package io.turnlane.backends;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/**
 * Self-signed certificate for servers on 127.0.0.1, as key stores for Java programs and as PEM files.
 *
 * @param keyStore PKCS #12 file with the certificate and its private key
 * @param trustStore PKCS #12 file with the certificate, for clients
 * @param pem the certificate
 * @param keyPem its private key
 */
record TestCertificate(Path keyStore, Path trustStore, Path pem, Path keyPem) {

    static final String STORE_PASSWORD = "store-password";

    private static final String TYPE = "PKCS12";
    private static final String ALIAS = "server";

    /** Creates a certificate and writes its files to the folder. */
    static TestCertificate create(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        TestCertificate created = new TestCertificate(
                folder.resolve("keys.p12"),
                folder.resolve("trust.p12"),
                folder.resolve("certificate.pem"),
                folder.resolve("key.pem"));
        created.generateKeys();
        try {
            created.export();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
        return created;
    }

    /** Runs keytool, because the Java API cannot create certificates. */
    private void generateKeys() throws IOException, InterruptedException {
        Path log = keyStore.resolveSibling("keytool.log");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-J-XX:TieredStopAtLevel=1",
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=turnlane-test",
                        "-ext",
                        "san=ip:127.0.0.1,dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        TYPE,
                        "-keystore",
                        keyStore.toString(),
                        "-storepass",
                        STORE_PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool failed: " + Files.readString(log));
        }
    }

    private void export() throws IOException, GeneralSecurityException {
        char[] password = STORE_PASSWORD.toCharArray();
        KeyStore keys = KeyStore.getInstance(TYPE);
        try (InputStream in = Files.newInputStream(keyStore)) {
            keys.load(in, password);
        }
        KeyStore trust = KeyStore.getInstance(TYPE);
        trust.load(null, null);
        trust.setCertificateEntry(ALIAS, keys.getCertificate(ALIAS));
        try (OutputStream out = Files.newOutputStream(trustStore)) {
            trust.store(out, password);
        }
        writePem(pem, "CERTIFICATE", keys.getCertificate(ALIAS).getEncoded());
        writePem(keyPem, "PRIVATE KEY", keys.getKey(ALIAS, password).getEncoded());
    }

    private static void writePem(Path file, String label, byte[] der) throws IOException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(
                file,
                "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n",
                StandardCharsets.US_ASCII);
    }
}
