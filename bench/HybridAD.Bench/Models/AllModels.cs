namespace HybridAD.Bench.Models;

/// <summary>The models of all kinds.</summary>
internal static class AllModels
{
    /// <summary>Name, function and number of inputs.</summary>
    public static (string Name, Func<Real[], Real[]> Function, int Inputs)[] All { get; } = [.. ApplicationModels.All, .. MeshModels.All, .. SampleModels.All, .. SequenceModels.All, .. TransformModels.All, .. ChoiceModels.All, .. DataModels.All, .. StatisticsModels.All, .. PhysicsModels.All, .. SharedModels.All, .. StraightModels.All, .. LoopModels.All];
}
