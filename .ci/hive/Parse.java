import org.apache.hadoop.hive.ql.parse.ParseDriver;
import org.apache.hadoop.hive.ql.parse.ParseException;

/** Parses each argument as a statement of Hive, and prints a line: OK, or what is wrong. */
public class Parse {
  public static void main(String[] statements) {
    for (String statement : statements) {
      try {
        new ParseDriver().parse(statement);
        System.out.println("OK");
      } catch (ParseException e) {
        System.out.println(e.getMessage().replace('\n', ' '));
      }
    }
  }
}
