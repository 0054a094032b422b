using System.Collections.Immutable;

using CallCenter.Domain.Calls;
using CallCenter.Domain.Flows;
using CallCenter.Domain.Numbers;

using Microsoft.Extensions.Logging;

namespace CallCenter.Routing;

/// <summary>Dialled numbers and flows as they are configured, whoever changes them and whenever. A call keeps the versions that were active when it entered its flow.</summary>
public sealed partial class Router
{
    private readonly Dictionary<string, NumberSettings> _dialled = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, string> _dialledById = [];

    private ImmutableDictionary<string, FlowVersion> _flows = ImmutableDictionary.Create<string, FlowVersion>(StringComparer.Ordinal);

    private void SetIvr(FloorSnapshot floor)
    {
        foreach (var flow in floor.Flows)
        {
            SetFlow(flow);
        }

        foreach (var number in floor.Numbers)
        {
            SetDialled(number);
        }
    }

    private void SetFlow(FlowActivated activated)
    {
        var reading = FlowParser.Parse(activated.Source);
        if (reading.Document is { } document)
        {
            _flows = _flows.SetItem(activated.Name, new FlowVersion(activated.Name, activated.Version, document));
        }
        else
        {
            LogFlowUnread(_logger, activated.Name, activated.Version, reading.Faults[0]);
        }
    }

    private void SetDialled(NumberEvent @event)
    {
        switch (@event)
        {
            case NumberConfigured e:
                _dialled[e.Number] = e.Settings;
                _dialledById[e.NumberId] = e.Number;
                break;
            case NumberRemoved e when _dialledById.Remove(e.NumberId, out var number):
                _dialled.Remove(number);
                break;
        }
    }

    /// <summary>What a call has by the number that was dialled.</summary>
    private CallCommand[] BringAlong(LiveCall call, NumberSettings? dialled)
    {
        if (dialled is null)
        {
            return [];
        }

        (call.Language, call.Priority) = (dialled.Language, dialled.Priority);
        if (dialled.Needs is { } needs)
        {
            Need(call, needs);
        }

        foreach (var (name, value) in dialled.Attributes)
        {
            SetAttribute(call, name, value);
        }

        return [.. dialled.Attributes.Select(attribute => new SetAttribute(attribute.Key, attribute.Value, Now))];
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Flow {Flow}, version {Version}, cannot be read and is not taken up: {Fault}")]
    private static partial void LogFlowUnread(ILogger logger, string flow, int version, FlowFault fault);
}
