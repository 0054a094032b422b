using CallCenter.Api.Accounts;
using CallCenter.GraphQL;
using CallCenter.GraphQL.Execution;

namespace CallCenter.Api.Schema;

/// <summary>Who may see what; names of roles as the executor compares them.</summary>
internal static class Access
{
    /// <summary>Whoever watches or examines the work of others.</summary>
    public static readonly string[] Overseers = [Name(Role.Supervisor), Name(Role.Analyst), Name(Role.Auditor), Name(Role.Administrator)];

    /// <summary>Whoever may read the event trail.</summary>
    public static readonly string[] Examiners = [Name(Role.Analyst), Name(Role.Auditor), Name(Role.Administrator)];

    /// <summary>Whoever may have reports mailed.</summary>
    public static readonly string[] Reporters = [Name(Role.Supervisor), Name(Role.Analyst), Name(Role.Administrator)];

    /// <summary>Whoever may have the trail proved.</summary>
    public static readonly string[] Auditors = [Name(Role.Auditor), Name(Role.Administrator)];

    /// <summary>Whoever may see and change who is listened to.</summary>
    public static readonly string[] Guards = [Name(Role.Supervisor), Name(Role.Administrator)];

    public const string UserKey = "user";

    public static string Name(Role role) => role.ToString().ToUpperInvariant();

    public static User User(this IResolverContext context) =>
        context.ContextData.GetValueOrDefault(UserKey) as User ?? throw new GraphQLException("Sign in first.", ErrorCodes.Unauthenticated);
}
