namespace CallCenter.Api.Accounts;

/// <summary>What a user may do. In GraphQL and in tokens by these names in capitals.</summary>
public enum Role { Agent, Supervisor, Analyst, Auditor, Administrator }

/// <summary>A person who signs in.</summary>
public sealed record User(Guid Id, string UserName, string DisplayName, IReadOnlyList<Role> Roles);
