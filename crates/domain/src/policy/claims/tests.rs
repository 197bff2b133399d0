mod attacks;
mod realm;
mod recorded;
mod small;
