using System.Runtime.CompilerServices;
using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;
using CallCenter.GraphQL.Validation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.GraphQL.Execution;

/// <summary>Serves requests on one schema: parses, validates and executes. Safe for concurrent use; make one and keep it.</summary>
/// <param name="schema">What is served.</param>
/// <param name="options">Limits.</param>
/// <param name="errorFilter">Sees every error before it is sent.</param>
/// <param name="logger">Is told of every failure that is masked, with its path.</param>
public sealed partial class RequestExecutor(
    Schema schema, RequestExecutorOptions? options = null, IErrorFilter? errorFilter = null, ILogger<RequestExecutor>? logger = null)
{
    private readonly RequestExecutorOptions _options = options ?? RequestExecutorOptions.Default;
    private readonly DocumentCache _documents = new((options ?? RequestExecutorOptions.Default).DocumentCacheSize);
    private readonly ILogger _logger = logger ?? NullLogger<RequestExecutor>.Instance;

    public Schema Schema { get; } = schema;

    /// <summary>Executes a query or mutation. Faults of the request or of its resolvers are errors of the result, never exceptions.</summary>
    /// <exception cref="OperationCanceledException">The token ended before the result was there.</exception>
    public async Task<OperationResult> ExecuteAsync(OperationRequest request, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var errors = new List<GraphQLError>();
        if (Prepare(request, errors) is not { } prepared)
        {
            return OperationResult.Refused([.. errors.Select(Filter)]);
        }

        return prepared.Operation.Operation == OperationType.Subscription
            ? OperationResult.Refused(Filter(new GraphQLError("A subscription needs a transport that can stream its results.", ErrorCodes.BadUserInput)
            {
                Locations = [prepared.Operation.Location],
            }))
            : await ExecuteAsync(request, prepared, root: null, cancellationToken);
    }

    /// <summary>
    /// Executes any operation as a stream of results: a subscription gives one for each event until its source ends or fails, everything else gives one.
    /// Each event is executed when the last result has been taken.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token ended.</exception>
    public async IAsyncEnumerable<OperationResult> SubscribeAsync(OperationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var errors = new List<GraphQLError>();
        if (Prepare(request, errors) is not { } prepared)
        {
            yield return OperationResult.Refused([.. errors.Select(Filter)]);
            yield break;
        }

        if (prepared.Operation.Operation != OperationType.Subscription)
        {
            yield return await ExecuteAsync(request, prepared, root: null, cancellationToken);
            yield break;
        }

        if (Execution(request, prepared, errors, cancellationToken).Subscribe(prepared.Operation) is not { } events)
        {
            yield return OperationResult.Refused(errors);
            yield break;
        }

        await using var source = events.GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            var (hasEvent, failure) = await MoveNextAsync(source, cancellationToken);
            if (failure is not null)
            {
                yield return OperationResult.Refused(Filter(failure));
            }

            if (!hasEvent)
            {
                yield break;
            }

            yield return await ExecuteAsync(request, prepared, source.Current, cancellationToken);
        }
    }

    /// <summary>Parses and validates a text without executing it.</summary>
    /// <returns>All errors; none when the document is valid.</returns>
    public IReadOnlyList<GraphQLError> Validate(string query)
    {
        var errors = new List<GraphQLError>();
        FindDocument(query, errors);
        return errors;
    }

    private async Task<OperationResult> ExecuteAsync(OperationRequest request, Prepared prepared, object? root, CancellationToken cancellationToken)
    {
        var errors = new List<GraphQLError>();
        var data = await Execution(request, prepared, errors, cancellationToken).ExecuteAsync(prepared.Operation, root);
        return new OperationResult { IsExecuted = true, Data = data, Errors = errors };
    }

    private OperationExecution Execution(OperationRequest request, Prepared prepared, List<GraphQLError> errors, CancellationToken cancellationToken) =>
        new(Schema, request, prepared.Variables, prepared.Document.Fragments, error => errors.Add(Filter(error)), cancellationToken);

    private static async Task<(bool HasEvent, GraphQLError? Failure)> MoveNextAsync(IAsyncEnumerator<object?> source, CancellationToken cancellationToken)
    {
        try
        {
            return (await source.MoveNextAsync(), null);
        }
        catch (GraphQLException failure)
        {
            return (false, new GraphQLError(failure.Message, failure.Code) { Exception = failure });
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            return (false, new GraphQLError("Internal server error", ErrorCodes.Internal) { Exception = failure });
        }
    }

    private Prepared? Prepare(OperationRequest request, List<GraphQLError> errors)
    {
        if (FindDocument(request.Query, errors) is not { } document)
        {
            return null;
        }

        try
        {
            var operation = document.Operation(request.OperationName);
            var variables = VariableCoercion.Coerce(Schema, operation, request.Variables, errors);
            return errors.Count == 0 ? new Prepared(document, operation, variables) : null;
        }
        catch (GraphQLException invalid)
        {
            errors.Add(new GraphQLError(invalid.Message, invalid.Code));
            return null;
        }
    }

    private ValidDocument? FindDocument(string text, List<GraphQLError> errors)
    {
        if (_documents.TryGet(text, out var known))
        {
            return known;
        }

        try
        {
            var document = Parser.Parse(text, _options.Parser);
            errors.AddRange(DocumentValidator.Validate(Schema, document, _options));
            if (errors.Count > 0)
            {
                return null;
            }

            var valid = new ValidDocument(document);
            _documents.Add(text, valid);
            return valid;
        }
        catch (SyntaxException invalid)
        {
            errors.Add(GraphQLError.From(invalid));
            return null;
        }
    }

    private GraphQLError Filter(GraphQLError error)
    {
        if (error.Code == ErrorCodes.Internal)
        {
            LogInternalError(_logger, error.Path, error.Exception);
        }

        return errorFilter?.OnError(error) ?? error;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Field at {Path} failed")]
    private static partial void LogInternalError(ILogger logger, ResponsePath? path, Exception? exception);

    private sealed record Prepared(ValidDocument Document, OperationDefinitionNode Operation, Dictionary<string, object?> Variables);
}
