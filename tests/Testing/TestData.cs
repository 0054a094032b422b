using System.Runtime.CompilerServices;

namespace CallCenter.Testing;

/// <summary>Files that several suites read.</summary>
public static class TestData
{
    /// <summary>The bank's first fortnight, gzip.</summary>
    public static string Bank => Find("bank-1999-08-first-half.csv.gz");

    /// <summary>Reference figures for it.</summary>
    public static string BankExpected => Find("bank-1999-08-first-half.expected.json");

    /// <summary>A queue_log with every event of Asterisk's documentation.</summary>
    public static string QueueLog => Find("queue_log/every-event.log");

    /// <summary>The part of the public schema that clients rely on.</summary>
    public static string Contract => Find("../GraphQL/Corpus/contract.graphql");

    private static string Find(string name, [CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "data", name));
}
