import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Ask the gate, and check a webhook's signature: JDK 11 and later, no library.
 *
 * <pre>
 * PLATFORM=http://127.0.0.1:8000 TOKEN=cx_… java Gate.java ask CODE MATTER PURPOSE CASE
 * java Gate.java verify whsec_… WEBHOOK-ID WEBHOOK-TIMESTAMP WEBHOOK-SIGNATURE &lt; body
 * </pre>
 */
public final class Gate {
    /** The gate's answer as JSON; where the platform cannot be reached it throws: hold the matter, it is unknown. */
    static HttpResponse<String> ask(String platform, String token, String code, String matter, String purpose,
            String caseNumber) throws Exception {
        String body = "{\"code\": " + quoted(code) + ", \"matter\": " + quoted(matter) + ", \"purpose\": "
                + quoted(purpose) + ", \"case\": " + quoted(caseNumber) + "}";
        HttpRequest request = HttpRequest.newBuilder(URI.create(platform + "/api/v1/gate"))
                .timeout(Duration.ofSeconds(10)).header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Whether the platform signed this body, within five minutes. */
    static boolean isOurs(String secret, String id, String moment, String signature, byte[] body) throws Exception {
        if (Math.abs(Instant.now().getEpochSecond() - Long.parseLong(moment)) > 300) {
            return false;
        }
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
        mac.update((id + "." + moment + ".").getBytes(StandardCharsets.UTF_8));
        String expected = "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        for (String each : signature.split(" ")) {
            if (MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), each.getBytes(StandardCharsets.UTF_8))) {
                return true;
            }
        }
        return false;
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    public static void main(String[] words) throws Exception {
        if (words[0].equals("ask")) {
            HttpResponse<String> told = ask(System.getenv("PLATFORM"), System.getenv("TOKEN"), words[1], words[2],
                    words[3], words[4]);
            System.out.println(told.body());
            System.exit(told.statusCode() == 200 ? 0 : 1);
        }
        boolean right = isOurs(words[1], words[2], words[3], words[4], System.in.readAllBytes());
        System.out.println(right ? "ours" : "not ours");
        System.exit(right ? 0 : 1);
    }
}
