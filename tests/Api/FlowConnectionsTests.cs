using System.Text;

using CallCenter.Api.Configuration;
using CallCenter.Api.Flows;

namespace CallCenter.Api.Tests;

/// <summary>The file of connections that flows may name.</summary>
public sealed class FlowConnectionsTests
{
    [Fact]
    public void A_text_is_a_database_and_an_object_a_web_service()
    {
        var read = Read("""{"db": "Host=db", "bank": {"http": "https://bank.example/api", "headers": {"authorization": "Bearer x"}}, "open": {"http": "http://127.0.0.1:80/"}}""");
        read.Databases.ShouldHaveSingleItem().ShouldBe(KeyValuePair.Create("db", "Host=db"));
        read.WebServices.Keys.ShouldBe(["bank", "open"]);
        read.WebServices["bank"].Headers["Authorization"].ShouldBe("Bearer x");
    }

    [Theory]
    [InlineData("[]", "is not a JSON object")]
    [InlineData("{", "is not a JSON object")]
    [InlineData("""{"bank": 1}""", "connection bank")]
    [InlineData("""{"bank": {"headers": {"a": "hidden"}}}""", "connection bank")]
    [InlineData("""{"bank": {"http": "ftp://hidden"}}""", "connection bank")]
    [InlineData("""{"bank": {"http": "https://u:hidden@bank.example"}}""", "connection bank")]
    [InlineData("""{"bank": {"http": "https://bank.example/?key=hidden"}}""", "connection bank")]
    [InlineData("""{"bank": {"http": "https://bank.example", "headers": {"a": 1}}}""", "connection bank")]
    [InlineData("""{"bank": {"http": "https://bank.example", "header": {"a": "hidden"}}}""", "connection bank")]
    public void What_is_neither_is_named_without_its_secrets(string json, string said)
    {
        var message = Should.Throw<KnobException>(() => Read(json)).Message;
        message.ShouldStartWith("connections.json");
        message.ShouldContain(said);
        message.ShouldNotContain("hidden");
    }

    private static FlowConnections Read(string json) => FlowConnections.Read("connections.json", new MemoryStream(Encoding.UTF8.GetBytes(json)));
}
