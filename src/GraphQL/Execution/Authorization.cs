using System.Security.Claims;

namespace CallCenter.GraphQL.Execution;

/// <summary>The answer about a guarded field.</summary>
public enum AuthorizeResult
{
    Allowed,
    NotAllowed,
    NotAuthenticated,
}

/// <summary>Says whether the caller of a request may have a field.</summary>
public interface IAuthorizationHandler
{
    /// <summary>Whether the caller has one of the roles; of no roles: whether the caller is signed in. Must be quick: it is asked for every guarded field.</summary>
    AuthorizeResult Authorize(IReadOnlyList<string> roles);
}

/// <summary>Decides by the identity and role claims of a principal.</summary>
public sealed class ClaimsAuthorizationHandler(ClaimsPrincipal user) : IAuthorizationHandler
{
    public AuthorizeResult Authorize(IReadOnlyList<string> roles) =>
        user.Identity is not { IsAuthenticated: true } ? AuthorizeResult.NotAuthenticated
        : roles.Count == 0 || roles.Any(user.IsInRole) ? AuthorizeResult.Allowed
        : AuthorizeResult.NotAllowed;
}
