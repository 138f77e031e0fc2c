package io.turnlane.chaos.fault;

import io.turnlane.chaos.fault.act.FailoverFaults;
import io.turnlane.chaos.fault.act.IdleGroupMembers;
import io.turnlane.chaos.fault.act.LogKeeper;
import io.turnlane.chaos.fault.act.NetworkFaults;
import io.turnlane.chaos.fault.act.OutageFaults;
import io.turnlane.chaos.fault.act.ProcessFaults;
import io.turnlane.chaos.fault.act.QuestionFaults;
import io.turnlane.chaos.fault.act.RedisFaults;
import io.turnlane.chaos.fault.act.RunningTurns;
import io.turnlane.chaos.fault.act.TurnsTopicFaults;
import io.turnlane.chaos.fault.expect.FaultExpectations;
import io.turnlane.chaos.load.ClientLoad;
import io.turnlane.chaos.rig.Rig;
import java.util.random.RandomGenerator;

/** Implementations of the faults of one run, which the {@linkplain FaultKind kinds} of faults call. */
record FaultActs(
        ClientLoad load,
        ProcessFaults processes,
        NetworkFaults network,
        RedisFaults redis,
        IdleGroupMembers groupMembers,
        TurnsTopicFaults turns,
        QuestionFaults questions,
        FailoverFaults failover,
        OutageFaults outages) {

    static FaultActs of(
            Rig rig,
            ClientLoad load,
            LogKeeper log,
            String tag,
            RandomGenerator random,
            RunningTurns running,
            FaultExpectations expectations) {
        RedisFaults redis = new RedisFaults(rig);
        QuestionFaults questions = new QuestionFaults(rig, load, tag, expectations, running);
        return new FaultActs(
                load,
                new ProcessFaults(rig, running, expectations),
                new NetworkFaults(rig.network(), expectations),
                redis,
                new IdleGroupMembers(rig, expectations),
                new TurnsTopicFaults(rig, tag, random, expectations),
                questions,
                new FailoverFaults(rig),
                new OutageFaults(rig, load, redis, questions, running, log, expectations));
    }
}
