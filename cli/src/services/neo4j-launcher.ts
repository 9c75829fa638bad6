export const READY_LINE = "clew: neo4j is ready";

/**
 * What turns the embeddable library into a server: it opens the store, sets the password, says that it is ready, and closes
 * the store on SIGTERM. Java runs it from source, in the very process that is started. Until the password is set, in the
 * first second of a new store, the server accepts Neo4j's own first password, but only to change it. The user is replaced
 * because ALTER refuses the password that is set already; exit, because Neo4j's threads would outlive an error.
 */
export const LAUNCHER = `import java.nio.file.Path;
import java.util.Map;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;

public class ClewNeo4j {
  public static void main(String[] args) {
    try {
      var service = new DatabaseManagementServiceBuilder(Path.of(args[0])).loadPropertiesFromFile(Path.of(args[1])).build();
      Runtime.getRuntime().addShutdownHook(new Thread(service::shutdown));
      service.database("system").executeTransactionally(
          "CREATE OR REPLACE USER neo4j SET PASSWORD $password CHANGE NOT REQUIRED",
          Map.of("password", System.getenv("CLEW_PASSWORD")));
      System.out.println("${READY_LINE}");
      Thread.currentThread().join();
    } catch (Throwable error) {
      for (var each = error; each != null; each = each.getCause()) System.err.println(each);
      System.exit(1);
    }
  }
}
`;
