using System.Security.Claims;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Tests.Execution;

public sealed class AuthorizationTests
{
    [Theory]
    [InlineData(null, "UNAUTHENTICATED", "UNAUTHENTICATED")]
    [InlineData("", null, "FORBIDDEN")]
    [InlineData("AGENT", null, "FORBIDDEN")]
    [InlineData("SUPERVISOR", null, null)]
    public async Task A_guarded_field_is_for_those_it_names(string? role, string? signedInError, string? supervisorError)
    {
        var ran = 0;
        var schema = SchemaBuilder.New().AddQueryType(type =>
        {
            type.Field("signedIn: Int").Resolve(_ => ++ran).Authorize();
            type.Field("supervisor: Int").Resolve(_ => ++ran).Authorize("SUPERVISOR", "ADMINISTRATOR");
            type.Field("everybody: Int").Resolve(_ => ++ran);
        }).Create();
        var result = await new RequestExecutor(schema).ExecuteAsync(new OperationRequest { Query = "{ signedIn supervisor everybody __typename }", Authorization = As(role) });
        result.Errors.Select(error => (error.Path!.ToString(), error.Code)).ShouldBe(
            new[] { ("/signedIn", signedInError), ("/supervisor", supervisorError) }.Where(one => one.Item2 is not null).Select(one => (one.Item1, one.Item2!)));
        ran.ShouldBe(3 - result.Errors.Count);
    }

    [Fact]
    public async Task A_guarded_type_guards_each_of_its_fields_beside_their_own_guards()
    {
        var schema = SchemaBuilder.New()
            .AddObjectType<CenterSite>("Site", type =>
            {
                type.Authorize("AUDITOR", "SUPERVISOR");
                type.Field(site => site.Name);
                type.Field("secret: String", _ => "s").Authorize("AUDITOR");
            })
            .AddQueryType(type => type.Field("site: Site").Resolve(_ => new CenterSite("x")))
            .Create();
        var executor = new RequestExecutor(schema);
        (await executor.ExecuteAsync(new OperationRequest { Query = "{ site { __typename secret name } }", Authorization = As("AUDITOR") })).ToJson()
            .ShouldBe("""{"data":{"site":{"__typename":"Site","secret":"s","name":"x"}}}""");
        var supervisor = await executor.ExecuteAsync(new OperationRequest { Query = "{ site { secret name } }", Authorization = As("SUPERVISOR") });
        supervisor.ToJson().ShouldContain("""{"site":{"secret":null,"name":"x"}}""");
        var agent = await executor.ExecuteAsync(new OperationRequest { Query = "{ site { __typename } s: site { name } }", Authorization = As("AGENT") });
        agent.ToJson().ShouldContain("""{"site":{"__typename":"Site"},"s":null}""");
    }

    private static ClaimsAuthorizationHandler As(string? role) => new(new ClaimsPrincipal(
        role is null ? new ClaimsIdentity() : new ClaimsIdentity(role.Length == 0 ? [] : [new Claim(ClaimTypes.Role, role)], authenticationType: "test")));
}
