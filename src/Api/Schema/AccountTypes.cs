using CallCenter.Api.Accounts;
using CallCenter.GraphQL.Types;

namespace CallCenter.Api.Schema;

internal sealed record UserError(string Code, string Message, IReadOnlyList<string>? Path = null);

internal sealed record SignInPayload(string? Token, DateTimeOffset? ExpiresAt, IReadOnlyList<UserError> Errors);

internal static class AccountTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddEnumType<Role>();
        schema.AddObjectType<User>(type =>
        {
            type.Description("A person who signs in.");
            type.Field("id: ID!", u => u.Id);
            type.Field(u => u.UserName);
            type.Field(u => u.DisplayName);
            type.Field("roles: [Role!]!", u => u.Roles);
        });
        schema.AddObjectType<UserError>(type =>
        {
            type.Description("Why a command was not carried out.");
            type.Field(e => e.Code);
            type.Field(e => e.Message);
            type.Field("path: [String!]", e => e.Path);
        });
        schema.AddObjectType<SignInPayload>(type =>
        {
            type.Field(p => p.Token).Description("Send it as `Authorization: Bearer ...`.");
            type.Field(p => p.ExpiresAt);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
        schema.AddQueryType(query => query.Field("me: User!").Description("Who is signed in.").Authorize().Resolve(context => context.User()));
        schema.AddMutationType(mutation => mutation.Field("signIn(userName: String!, password: String!): SignInPayload!").Resolve(async context =>
        {
            var user = await context.Service<UserStore>().VerifyAsync(context.ArgumentValue<string>("userName"), context.ArgumentValue<string>("password"), context.RequestAborted);
            if (user is null)
            {
                return new SignInPayload(null, null, [new UserError("INVALID_CREDENTIALS", "The user name or the password is wrong.")]);
            }

            var (token, expiresAt) = context.Service<Tokens>().Issue(user);
            return new SignInPayload(token, expiresAt, []);
        }));
    }
}
