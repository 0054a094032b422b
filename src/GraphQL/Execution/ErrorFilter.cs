namespace CallCenter.GraphQL.Execution;

/// <summary>Sees every error before it is sent, with the exception behind it, and may replace it.</summary>
public interface IErrorFilter
{
    GraphQLError OnError(GraphQLError error);
}
