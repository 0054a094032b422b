using System.Reflection;
using CallCenter.EventStore.Contract;

namespace CallCenter.EventStore.Tests.Contract;

/// <summary>The suite can fail: each of its tests finds a store out that breaks what it is about.</summary>
public sealed class MutantTests
{
    private static readonly Dictionary<Type, Func<Func<Task<IStoreUnderTest>>, StoreContract>> Topics = new()
    {
        [typeof(Appending)] = open => new MutatedAppending(open),
        [typeof(ExpectedVersions)] = open => new MutatedExpectedVersions(open),
        [typeof(Idempotency)] = open => new MutatedIdempotency(open),
        [typeof(SeveralStreams)] = open => new MutatedSeveralStreams(open),
        [typeof(Reading)] = open => new MutatedReading(open),
        [typeof(Limits)] = open => new MutatedLimits(open),
        [typeof(Archiving)] = open => new MutatedArchiving(open),
        [typeof(Bulk)] = open => new MutatedBulk(open),
        [typeof(Concurrency)] = open => new MutatedConcurrency(open),
        [typeof(Interleaving)] = open => new MutatedInterleaving(open),
        [typeof(RandomOperations)] = open => new MutatedRandomOperations(open),
    };

    public static TheoryData<Type, Type, string> Spoilt() => new()
    {
        { typeof(LosesMetadata), typeof(Appending), nameof(Appending.What_was_appended_is_read_back_with_all_that_belongs_to_it) },
        { typeof(CountsFromZero), typeof(Appending), nameof(Appending.The_log_tells_of_an_event_what_its_stream_tells) },
        { typeof(CountsFromZero), typeof(Appending), nameof(Appending.Versions_begin_at_1_and_follow_one_another_without_a_gap) },
        { typeof(LosesMetadata), typeof(Appending), nameof(Appending.An_events_own_metadata_goes_before_that_of_the_append) },
        { typeof(RetypesStreams), typeof(Appending), nameof(Appending.A_stream_keeps_the_type_of_its_first_append) },
        { typeof(RefusesNothing), typeof(Appending), nameof(Appending.What_is_malformed_is_refused_and_leaves_nothing) },
        { typeof(RefusesNothing), typeof(Appending), nameof(Appending.An_event_of_an_unregistered_type_is_refused_by_the_types_name_and_none_beside_it_is_kept) },
        { typeof(ForgetsExpectedVersion), typeof(ExpectedVersions), nameof(ExpectedVersions.A_stream_takes_what_expects_it_as_it_is_and_refuses_all_else) },
        { typeof(ArchivesNothing), typeof(ExpectedVersions), nameof(ExpectedVersions.An_archived_stream_refuses_every_expectation) },
        { typeof(ForgetsExpectedVersion), typeof(ExpectedVersions), nameof(ExpectedVersions.A_refused_append_leaves_no_trace_in_the_log_and_may_be_repeated_with_a_better_expectation) },
        { typeof(DoublesOnRepeat), typeof(Idempotency), nameof(Idempotency.Repeating_an_append_changes_nothing_and_gives_the_first_answer_as_a_duplicate) },
        { typeof(DoublesOnRepeat), typeof(Idempotency), nameof(Idempotency.A_repeat_is_known_whatever_has_become_of_the_stream) },
        { typeof(LooksAtIdsOnly), typeof(Idempotency), nameof(Idempotency.Event_ids_that_are_taken_by_anything_else_are_refused_by_name) },
        { typeof(ForgetsCommands), typeof(Idempotency), nameof(Idempotency.A_command_that_is_repeated_is_answered_with_what_the_first_came_to) },
        { typeof(KeepsRefusedCommands), typeof(Idempotency), nameof(Idempotency.A_command_that_was_refused_may_be_tried_again) },
        { typeof(RefusesNothing), typeof(Idempotency), nameof(Idempotency.Commands_of_different_ids_do_not_meet_and_an_empty_id_is_refused) },
        { typeof(AppendsInReverse), typeof(SeveralStreams), nameof(SeveralStreams.Events_keep_the_order_in_which_they_were_given_over_all_streams) },
        { typeof(RefusesNothing), typeof(SeveralStreams), nameof(SeveralStreams.A_stream_named_again_must_go_on_where_it_ended) },
        { typeof(AppendsStreamByStream), typeof(SeveralStreams), nameof(SeveralStreams.When_one_stream_refuses_nothing_is_appended_to_any) },
        { typeof(SkipsAnEvent), typeof(Reading), nameof(Reading.Pages_of_any_size_give_every_event_once_in_the_order_of_positions) },
        { typeof(IgnoresTypes), typeof(Reading), nameof(Reading.Pages_of_certain_types_pass_over_all_others) },
        { typeof(LagsBehind), typeof(Reading), nameof(Reading.The_mark_is_0_at_first_and_then_the_position_of_the_last_event) },
        { typeof(FetchesFromTheStart), typeof(Reading), nameof(Reading.A_stream_is_read_on_from_a_version) },
        { typeof(RefusesNothing), typeof(Reading), nameof(Reading.What_cannot_be_a_page_is_refused) },
        { typeof(SkipsOpenAppends), typeof(Reading), nameof(Reading.A_reader_stops_before_an_append_that_is_still_open_and_then_sees_all_in_order) },
        { typeof(KeepsRolledBackAppends), typeof(Reading), nameof(Reading.An_append_that_is_rolled_back_holds_nobody_and_leaves_nothing) },
        { typeof(SkipsOpenAppends), typeof(Reading), nameof(Reading.Of_two_open_appends_the_one_that_began_last_may_end_first_and_is_read_last) },
        { typeof(RefusesNothing), typeof(Limits), nameof(Limits.An_event_may_be_as_large_as_the_limit_and_no_larger) },
        { typeof(RefusesNothing), typeof(Limits), nameof(Limits.An_append_may_have_as_many_events_as_the_limit_and_no_more) },
        { typeof(RefusesNothing), typeof(Limits), nameof(Limits.An_append_of_too_many_bytes_is_refused) },
        { typeof(HidesArchivedEvents), typeof(Archiving), nameof(Archiving.An_archived_stream_takes_no_more_events_and_keeps_those_it_has) },
        { typeof(ArchivesNothing), typeof(Archiving), nameof(Archiving.Archiving_again_changes_nothing_and_other_streams_go_on) },
        { typeof(ArchivesAnything), typeof(Archiving), nameof(Archiving.A_stream_that_is_not_there_cannot_be_archived) },
        { typeof(BulkLosesAStream), typeof(Bulk), nameof(Bulk.Many_new_streams_are_written_in_order_and_one_that_was_there_is_left_alone) },
        { typeof(BulkAppendsToExisting), typeof(Bulk), nameof(Bulk.A_second_time_nothing_is_written_and_the_streams_take_ordinary_appends) },
        { typeof(RefusesNothing), typeof(Bulk), nameof(Bulk.A_stream_that_is_not_expected_to_be_new_is_refused) },
        { typeof(RefusesNothing), typeof(Bulk), nameof(Bulk.An_event_id_that_is_taken_is_refused_by_name_and_its_stream_is_not_made) },
        { typeof(ComparesTooEarly), typeof(Concurrency), nameof(Concurrency.Of_many_that_expect_the_same_version_one_is_taken_and_each_other_refused_by_name) },
        { typeof(LosesAppends), typeof(Concurrency), nameof(Concurrency.Writers_who_read_decide_and_try_again_leave_no_gap_and_lose_nothing) },
        { typeof(LosesAppends), typeof(Concurrency), nameof(Concurrency.Writers_who_expect_nothing_are_all_taken_each_whole) },
        { typeof(DoublesOnRepeat), typeof(Concurrency), nameof(Concurrency.The_same_append_from_many_at_once_is_stored_once) },
        { typeof(ForgetsCommands), typeof(Concurrency), nameof(Concurrency.The_same_command_from_many_at_once_is_carried_out_once) },
        { typeof(LosesAppends), typeof(Concurrency), nameof(Concurrency.Appends_that_name_the_same_streams_in_opposite_orders_all_come_through) },
        { typeof(LosesAppends), typeof(Interleaving), nameof(Interleaving.Any_interleaving_of_appends_loses_nothing_leaves_no_gap_in_a_stream_and_is_read_once_in_order) },
        { typeof(DoublesOnRepeat), typeof(RandomOperations), nameof(RandomOperations.Any_operations_get_the_answers_and_leave_the_log_that_the_model_gives) },
        { typeof(HidesArchivedEvents), typeof(RandomOperations), nameof(RandomOperations.Any_operations_get_the_answers_and_leave_the_log_that_the_model_gives) },
        { typeof(ForgetsCommands), typeof(RandomOperations), nameof(RandomOperations.Any_operations_get_the_answers_and_leave_the_log_that_the_model_gives) },
    };

    [Theory]
    [MemberData(nameof(Spoilt))]
    public async Task A_store_that_breaks_the_contract_is_found_out(Type mutant, Type topic, string test) =>
        (await FailsAsync(() => Task.FromResult((IStoreUnderTest)Activator.CreateInstance(mutant)!), topic, test)).ShouldBeTrue($"{mutant.Name} passes {topic.Name}.{test}");

    [Fact]
    public void Every_test_of_the_suite_finds_one_out() =>
        typeof(StoreContract).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(StoreContract))).SelectMany(Tests).Select(test => (test.DeclaringType!, test.Name))
            .Except(Spoilt().Select(row => ((Type)row[1], (string)row[2]))).ShouldBeEmpty();

    private static IEnumerable<MethodInfo> Tests(Type topic) => topic.GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is not null);

    /// <summary>Whether any case of the test fails.</summary>
    private static async Task<bool> FailsAsync(Func<Task<IStoreUnderTest>> open, Type topic, string name)
    {
        var test = Tests(topic).Single(method => method.Name == name);
        var cases = test.GetCustomAttributes<InlineDataAttribute>().SelectMany(data => data.GetData(test)).DefaultIfEmpty([]);
        foreach (var arguments in cases)
        {
            var contract = Topics[topic](open);
            await contract.InitializeAsync();
            try
            {
                await (Task)test.Invoke(contract, arguments)!;
            }
            catch (Exception exception) when (exception is not TargetInvocationException)
            {
                return true;
            }
            finally
            {
                await contract.DisposeAsync();
            }
        }

        return false;
    }

    private sealed class MutatedAppending(Func<Task<IStoreUnderTest>> open) : Appending(open);

    private sealed class MutatedExpectedVersions(Func<Task<IStoreUnderTest>> open) : ExpectedVersions(open);

    private sealed class MutatedIdempotency(Func<Task<IStoreUnderTest>> open) : Idempotency(open);

    private sealed class MutatedSeveralStreams(Func<Task<IStoreUnderTest>> open) : SeveralStreams(open);

    private sealed class MutatedReading(Func<Task<IStoreUnderTest>> open) : Reading(open);

    private sealed class MutatedLimits(Func<Task<IStoreUnderTest>> open) : Limits(open);

    private sealed class MutatedArchiving(Func<Task<IStoreUnderTest>> open) : Archiving(open);

    private sealed class MutatedBulk(Func<Task<IStoreUnderTest>> open) : Bulk(open);

    private sealed class MutatedConcurrency(Func<Task<IStoreUnderTest>> open) : Concurrency(open);

    private sealed class MutatedInterleaving(Func<Task<IStoreUnderTest>> open) : Interleaving(open);

    private sealed class MutatedRandomOperations(Func<Task<IStoreUnderTest>> open) : RandomOperations(open);
}
