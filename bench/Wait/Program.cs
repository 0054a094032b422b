using System.Globalization;

using CallCenter.Wait.Bench;

// Each queue of the bank's fortnight is gone through in time. Whoever waited and was answered is a test: what each method would have said on coming, against the wait that came.
const double Week = 7 * 86_400;
var queues = new Dictionary<string, Methods>(StringComparer.Ordinal);
var errors = new Dictionary<string, List<(double Error, bool Second)>>(StringComparer.Ordinal);
var waits = new List<double>();
var waiting = new PriorityQueue<Visit, double>();
foreach (var visit in Visit.Read(args[0]))
{
    // Who leaves in the same second as another comes has left before.
    while (waiting.TryPeek(out var leaving, out var at) && at <= visit.QueuedAt)
    {
        waiting.Dequeue();
        queues[leaving.Queue].Leaves(leaving);
    }

    if (!queues.TryGetValue(visit.Queue, out var queue))
    {
        queues.Add(visit.Queue, queue = new Methods());
    }

    if (visit.Wait == 0)
    {
        queue.Leaves(visit);
        continue;
    }

    queue.Comes(visit);
    if (visit.Answered)
    {
        var said = Methods.All.Select(method => (method.Name, Said: method.Estimate(queue))).ToList();

        // All methods are asked about the same callers: those of whom all have something to say.
        if (said.TrueForAll(method => method.Said is not null))
        {
            waits.Add(visit.Wait);
            said.ForEach(method => (errors.TryGetValue(method.Name, out var of) ? of : errors[method.Name] = []).Add((method.Said!.Value - visit.Wait, visit.QueuedAt >= Week)));
        }
    }

    queue.Waits(visit);
    waiting.Enqueue(visit, visit.LeftAt);
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{waits.Count} callers who waited and were answered; mean wait {waits.Average():0.0} s"));
Console.WriteLine("mean absolute error, median absolute error, mean error (bias), all in s; mean absolute error of the first and the second week");
foreach (var (name, of) in errors)
{
    var absolute = of.Select(e => Math.Abs(e.Error)).Order().ToList();
    var (first, second) = (of.Where(e => !e.Second).Average(e => Math.Abs(e.Error)), of.Where(e => e.Second).Average(e => Math.Abs(e.Error)));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{absolute.Average(),6:0.0} {absolute[absolute.Count / 2],6:0.0} {of.Average(e => e.Error),7:0.0}   {first,6:0.0} {second,6:0.0}   {name}"));
}
